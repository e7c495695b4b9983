using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Http;

namespace R1Reward.Rewards.Tests.Http;

/// <summary>Requests as they come over the wire, damaged ones included.</summary>
public sealed class JsonServerTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("{\"a\":1", "400", "not a JSON object")]
    [InlineData("[1]", "400", "not a JSON object")]
    [InlineData("{'a':1}", "400", "not a JSON object")]
    [InlineData("{\"a\":NaN}", "400", "line 1, byte")]
    [InlineData("{\"a\":1} {}", "400", "not a JSON object")]
    [InlineData("{\"seed\":1,\"seed\":2}", "400", "seed")]
    [InlineData("{\"a\":{\"twice\":1,\"twice\":2}}", "400", "twice")]
    [InlineData("DEEP", "400", "64")]
    [InlineData("{\"a\":1}", "200", "\"a\":1")]
    public async Task A_body_is_read_strictly(string body, string status, string said)
    {
        body = body == "DEEP" ? "{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}" : body;

        var reply = await SendAsync($"Content-Length: {body.Length}\r\n\r\n{body}");

        Assert.StartsWith($"HTTP/1.1 {status} ", reply, StringComparison.Ordinal);
        Assert.Contains(said, reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("7FFFFFFFF\r\n{}\r\n0\r\n\r\n")]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-2\r\n{}\r\n0\r\n\r\n")]
    public async Task A_chunk_of_an_impossible_size_is_refused(string chunks)
    {
        var reply = await SendAsync($"Transfer-Encoding: chunked\r\n\r\n{chunks}");

        Assert.StartsWith("HTTP/1.1 400 ", reply, StringComparison.Ordinal);
        Assert.Contains("the body cannot be read", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Type: multipart/form-data; boundary=x\r\n", "415")]
    [InlineData("Content-Type: image/png\r\n", "415")]
    [InlineData("Content-Encoding: gzip\r\n", "415")]
    [InlineData("Content-Type: application/json; charset=utf-8\r\n", "200")]
    [InlineData("Content-Type: application/vnd.api+json\r\n", "200")]
    [InlineData("Content-Type: application/x-www-form-urlencoded\r\n", "200")]
    public async Task A_body_of_another_kind_is_refused_by_its_header(string header, string status) =>
        Assert.StartsWith(
            $"HTTP/1.1 {status} ", await SendAsync($"{header}Content-Length: 2\r\n\r\n{{}}"), StringComparison.Ordinal);

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        await using var server = await StartEchoAsync();
        using var http = new HttpClient();
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes("{\"\u00c3\":1}"));

        using var response = await http.PostAsync(server.Address, content);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("UTF-8", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_server_is_told_in_the_reply()
    {
        await using var server = await StartAsync(_ => throw new FormatException("a fault"));
        using var http = new HttpClient();

        using var response = await http.GetAsync(server.Address);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains(
            "the server failed: FormatException: a fault",
            await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_counts_until_its_work_has_ended_not_until_its_client_has_gone()
    {
        var begun = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        await using var server = await StartAsync(
            async context =>
            {
                if (context.Request.Path == "/work")
                {
                    context.RequestAborted.Register(gone.SetResult);
                    begun.SetResult();
                    await end.Task;
                }
            },
            maxRequests: 1);
        using var http = new HttpClient();
        using var hangUp = new CancellationTokenSource();
        var working = http.GetAsync(new Uri(server.Address, "/work"), hangUp.Token);
        await begun.Task.WaitAsync(_patience);
        await hangUp.CancelAsync();
        await gone.Task.WaitAsync(_patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);

        using var refused = await http.GetAsync(server.Address);
        end.SetResult();
        Assert.Equal(429, (int)refused.StatusCode);
        using var giveUp = new CancellationTokenSource(_patience);
        while (true)
        {
            using var later = await http.GetAsync(server.Address, giveUp.Token);
            if ((int)later.StatusCode == 200)
            {
                break;
            }
        }
    }

    private static Task<JsonServer> StartAsync(Func<HttpContext, Task> serve, int maxRequests = 8) =>
        JsonServer.StartAsync(
            new JsonServerOptions { MaxRequests = maxRequests },
            serve,
            (_, reason) => new JObject { ["error"] = reason });

    private static async Task<JsonServer> StartEchoAsync()
    {
        JsonServer server = null!;
        server = await StartAsync(async context =>
            await JsonServer.ReplyAsync(context, 200, await server.ReadAsync(context)));
        return server;
    }

    private static async Task<string> SendAsync(string headersAndBody)
    {
        await using var server = await StartEchoAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        var stream = client.GetStream();
        var request = $"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headersAndBody}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(_patience);
    }
}
