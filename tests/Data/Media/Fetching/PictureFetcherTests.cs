using System.Net;
using System.Net.Sockets;
using System.Text;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Data.Tests.Media.Fetching;

/// <summary>Pictures from a server of the test's own, whose every reply is written by hand.</summary>
public sealed class PictureFetcherTests : IDisposable
{
    private static readonly byte[] _png = SampleMedia.Png(SampleMedia.Picture(28, 28));

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Dictionary<string, byte[]> _replies = [];
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _asked = [];
    private readonly List<string> _headers = [];

    public PictureFetcherTests()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    private string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task A_picture_is_fetched_also_behind_redirects()
    {
        Reply("/there", "302 Found", "Location: /further\r\n", []);
        Reply("/further", "307 Temporary Redirect", $"Location: {Address}/cup.png\r\n", []);
        Reply("/cup.png", "200 OK", "Content-Type: image/png\r\n", _png);

        Assert.Equal(_png, await FetchAsync(Address + "/there"));
        Assert.Equal(["/there", "/further", "/cup.png"], _asked);

        // Some encyclopedias refuse callers that do not name themselves.
        Assert.Equal(3, _headers.Count(header => header == "User-Agent: r1reward"));
    }

    [Theory]
    [InlineData("404 Not Found", "", "x", MediaStatus.Missing, "is answered with 404")]
    [InlineData("500 Oops", "", "x", MediaStatus.Unreadable, "is answered with 500")]
    [InlineData("200 OK", "Content-Type: text/html\r\n", "<html>", MediaStatus.Unsupported, "GIF but text/html")]
    [InlineData("200 OK", "Content-Type: image/png\r\n", "<svg>", MediaStatus.Unsupported, "is neither PNG, JPEG")]
    [InlineData("302 Found", "Location: /cup\r\n", "", MediaStatus.Unreadable, "more than 3 times")]
    [InlineData("302 Found", "Location: file:///etc/hostname\r\n", "", MediaStatus.Unsupported, "only http and https")]
    [InlineData(
        "302 Found", "Location: http://127.0.0.2:9/x\r\n", "", MediaStatus.Unreadable, "127.0.0.2 is no machine")]
    [InlineData("302 Found", "Location: http://inside/x\r\n", "", MediaStatus.Unreadable, "inside is no machine")]
    public async Task What_is_no_picture_of_the_public_network_is_named(
        string status, string headers, string body, MediaStatus expected, string said)
    {
        Reply("/cup", status, headers, Encoding.ASCII.GetBytes(body));

        await RefusedAsync(() => FetchAsync(Address + "/cup"), expected, said);
    }

    [Fact]
    public async Task Bytes_beyond_the_limit_are_not_read_whether_announced_or_not()
    {
        var small = new FetchOptions { MaxBytes = _png.Length - 1 };
        Reply("/announced", "200 OK", "Content-Length: 9999999999\r\n", _png, length: false);
        Reply("/endless", "200 OK", "", _png, length: false);

        await RefusedAsync(() => FetchAsync(Address + "/announced"), MediaStatus.TooLarge, "more bytes than the limit");
        await RefusedAsync(() => FetchAsync(Address + "/endless", small), MediaStatus.TooLarge, "limit of");
        Assert.Equal(_png, await FetchAsync(Address + "/endless"));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        var brief = new FetchOptions { Timeout = TimeSpan.FromMilliseconds(200) };

        await RefusedAsync(
            () => FetchAsync(Address + "/silence", brief), MediaStatus.TimedOut, "was not fetched within 0.2 s");
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/a.png")]
    [InlineData("s3://bucket/a.png")]
    [InlineData("http://user:word@127.0.0.1/a.png")]
    public async Task Other_addresses_are_not_asked(string address) =>
        await RefusedAsync(() => FetchAsync(address), MediaStatus.Unsupported, "only http and https");

    [Fact]
    public async Task A_name_is_asked_at_the_address_that_was_checked()
    {
        Reply("/cup.png", "200 OK", "", _png);
        var resolved = 0;

        // The second answer would lead elsewhere: it is never asked for.
        var fetcher = new PictureFetcher(
            new FetchOptions(),
            address => address.Equals(IPAddress.Loopback),
            (_, _) => Task.FromResult<IPAddress[]>(
                [resolved++ == 0 ? IPAddress.Loopback : IPAddress.Parse("10.0.0.1")]));

        var port = new Uri(Address).Port;
        Assert.Equal(_png, await fetcher.FetchAsync($"http://pictures.test:{port}/cup.png", default));
        Assert.Equal(1, resolved);
    }

    [Theory]
    [InlineData("93.184.215.14", true, true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true, true)]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("10.1.2.3", false, true)]
    [InlineData("172.31.0.1", false, true)]
    [InlineData("192.168.1.1", false, true)]
    [InlineData("100.64.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("fd12::1", false, true)]
    [InlineData("::ffff:10.0.0.1", false, true)]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("::", false, false)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("::ffff:169.254.169.254", false, false)]
    [InlineData("fe80::1", false, false)]
    [InlineData("fd00:ec2::254", false, false)]
    [InlineData("100.100.100.200", false, false)]
    [InlineData("168.63.129.16", false, false)]
    [InlineData("224.0.0.1", false, false)]
    [InlineData("255.255.255.255", false, false)]
    [InlineData("64:ff9b::a9fe:a9fe", false, false)]
    [InlineData("2002:7f00:1::", false, false)]
    [InlineData("::127.0.0.1", false, false)]
    public void Machines_that_are_asked_are_those_of_the_public_network(string address, bool usually, bool privately)
    {
        Assert.Equal(usually, AddressRules.Allow(IPAddress.Parse(address), allowPrivate: false));
        Assert.Equal(privately, AddressRules.Allow(IPAddress.Parse(address), allowPrivate: true));
    }

    [Theory]
    [InlineData("http://127.0.0.1:PORT/cup.png")]
    [InlineData("http://localhost:PORT/cup.png")]
    [InlineData("http://0x7f000001:PORT/cup.png")]
    [InlineData("http://2130706433:PORT/cup.png")]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/cup.png")]
    public async Task This_machine_is_not_asked_however_it_is_written(string address)
    {
        Reply("/cup.png", "200 OK", "", _png);
        var written = address.Replace("PORT", $"{new Uri(Address).Port}", StringComparison.Ordinal);

        await RefusedAsync(
            () => new PictureFetcher(new FetchOptions()).FetchAsync(written, default),
            MediaStatus.Unreadable,
            "is no machine of the public network");
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_fetched_picture_is_prepared_as_its_file_is_and_a_video_is_not_fetched()
    {
        Reply("/cup.png", "200 OK", "Content-Type: image/png\r\n", _png);
        var config = new PreprocessorConfig();
        var processor = new MediaProcessor(
            config, config, decoding: new() { Fetch = new FetchOptions { AllowPrivate = true } });
        var item = new MediaItem(MediaKind.Image, Address + "/cup.png");

        var fetched = await processor.LoadAsync(item, "", default);
        var held = await processor.LoadAsync(item, _png, default);
        var video = await processor.LoadAsync(item with { Kind = MediaKind.Video }, "", default);

        Assert.True(fetched.IsReady, fetched.ToString());
        Assert.Equal(held.Features!.Values, fetched.Features.Values);
        Assert.Contains("videos are not fetched", video.Reason, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(Func<Task> fetch, MediaStatus status, string said)
    {
        var refused = await Assert.ThrowsAsync<MediaException>(fetch);
        Assert.Equal(status, refused.Status);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Fetches with loopback's own address allowed, and nothing else.</summary>
    private static Task<byte[]> FetchAsync(string address, FetchOptions? options = null) => new PictureFetcher(
        options ?? new FetchOptions(),
        found => found.Equals(IPAddress.Loopback),
        (host, _) => Task.FromResult<IPAddress[]>(
            [IPAddress.TryParse(host, out var literal) ? literal : IPAddress.Parse("10.0.0.1")]))
        .FetchAsync(address, default);

    private void Reply(string path, string status, string headers, byte[] body, bool length = true)
    {
        var head = $"HTTP/1.1 {status}\r\nConnection: close\r\n{headers}"
            + (length ? $"Content-Length: {body.Length}\r\n\r\n" : "\r\n");
        _replies[path] = [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            var path = (await reader.ReadLineAsync(_end.Token))!.Split(' ')[1];
            while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } header)
            {
                _headers.Add(header);
            }

            _asked.Add(path);
            if (!_replies.TryGetValue(path, out var reply))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _end.Token);
            }

            await stream.WriteAsync(reply, _end.Token);
        }
        catch (IOException)
        {
            // The fetcher has seen enough.
        }
    }
}
