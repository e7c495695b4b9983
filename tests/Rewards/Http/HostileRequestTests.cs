using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Tests.Http;

/// <summary>Requests that are made to harm: each gets its status, and the server answers the next one.</summary>
public sealed class HostileRequestTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private JsonServer _server = null!;

    public async Task InitializeAsync() => _server = await JsonServer.StartAsync(
        new JsonServerOptions { ReadTimeout = TimeSpan.FromMilliseconds(300), MaxRequestBytes = 1 << 20 },
        async context => await JsonServer.ReplyAsync(context, 200, await _server.ReadAsync(context)),
        (_, reason) => new JObject { ["error"] = reason });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("""{"a":"\ud83d"}""", "a holds half of a surrogate pair")]
    [InlineData("""{"messages":[{"content":"x\uDE00y"}]}""", "messages[0].content holds half of a surrogate pair")]
    [InlineData("""{"\ud83d":1}""", "the name of a field holds half")]
    [InlineData("{\"a\":\"\u0001\"}", "line 1, byte")]
    [InlineData("{\"seed\":DIGITS}", "seed is a number that is too long")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "a")]
    [InlineData("{\"a\":Infinity}", "line 1, byte")]
    [InlineData("{\"a\":-NaN}", "line 1, byte")]
    [InlineData("{\"a\":01}", "line 1, byte")]
    [InlineData("{\"a\":1,}", "line 1, byte")]
    [InlineData("", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    public async Task A_body_that_no_reader_should_take_is_400_with_its_place(string body, string said)
    {
        var bytes = Encoding.UTF8.GetBytes(body.Replace("DIGITS", new string('9', 100_000), StringComparison.Ordinal));

        await RefusedAsync(bytes, "400", said);
    }

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00 \\ud83d"}""")]
    [InlineData("\ufeff{\"a\":1}")]
    [InlineData("{\"a\":1e999}")]
    public async Task A_body_that_only_looks_odd_is_read(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync(Post(bytes.Length), bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xC3, 0x28)]
    [InlineData(0xED, 0xA0)]
    [InlineData(0xFF, 0xFE)]
    public async Task Bytes_that_are_no_UTF_8_are_400(byte first, byte second) =>
        await RefusedAsync([.. "{\"a\":\""u8, first, second, .. "\"}"u8], "400", "UTF-8");

    [Fact]
    public async Task A_body_in_another_encoding_is_refused_whether_it_says_so_or_not()
    {
        var utf16 = Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{\"a\":1}")).ToArray();

        await RefusedAsync(utf16, "400", "UTF-8");
        await RefusedAsync(utf16, "415", "charset utf-16", "Content-Type: application/json; charset=utf-16\r\n");
    }

    [Fact]
    public async Task A_flood_of_headers_is_431()
    {
        var many = string.Concat(Enumerable.Range(0, 500).Select(i => $"X-{i}: a\r\n"));
        var large = $"X: {new string('a', 100_000)}\r\n";

        foreach (var headers in new[] { many, large })
        {
            Assert.StartsWith(
                "HTTP/1.1 431 ",
                await SendAsync($"POST / HTTP/1.1\r\nHost: x\r\n{headers}\r\n", []),
                StringComparison.Ordinal);
        }

        await AnswersAsync();
    }

    [Fact]
    public async Task A_client_that_sends_a_body_drop_by_drop_is_408()
    {
        var reply = await SendAsync(Post(1000), "{\"a\":"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 408 ", reply, StringComparison.Ordinal);
        Assert.Contains("the body was not sent within 0.3 s", reply, StringComparison.Ordinal);
        Assert.Equal(0, _server.UnderWay);
        await AnswersAsync();
    }

    [Fact]
    public async Task A_client_that_never_ends_its_headers_is_hung_up_on()
    {
        var reply = await SendAsync("POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ", []);

        Assert.StartsWith("HTTP/1.1 408 ", reply, StringComparison.Ordinal);
        await AnswersAsync();
    }

    [Theory]
    [InlineData("Content-Length: 99999999999999999999\r\n", "400")]
    [InlineData("Content-Length: -1\r\n", "400")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3\r\n", "400")]
    [InlineData("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "400")]
    [InlineData("Content-Length: 9999999999\r\n", "413")]
    public async Task A_length_that_cannot_be_is_refused(string headers, string status)
    {
        var head = $"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n";
        var reply = await SendAsync(head, "{}"u8.ToArray());

        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        await AnswersAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Expect: 100-continue\r\n")]
    public async Task A_client_that_sends_too_much_still_reads_why(string header) => Assert.Contains(
        "the body is larger than 1048576 bytes",
        await SendAsync(Post(3 << 20, header), new byte[3 << 20]),
        StringComparison.Ordinal);

    private static string Post(int length, string headers = "") =>
        $"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n";

    private async Task RefusedAsync(byte[] body, string status, string said, string headers = "")
    {
        var reply = await SendAsync(Post(body.Length, headers), body);

        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        Assert.Contains(said, reply, StringComparison.Ordinal);
        await AnswersAsync();
    }

    private async Task AnswersAsync() => Assert.Contains(
        "{\"a\":1}", await SendAsync(Post(7), "{\"a\":1}"u8.ToArray()), StringComparison.Ordinal);

    private async Task<string> SendAsync(string head, byte[] body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.WriteAsync(body);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(_patience);
    }
}
