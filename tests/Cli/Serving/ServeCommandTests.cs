using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

public sealed class ServeCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("only with a key", "serve", "rewards", "--host", "0.0.0.0", "--port", "0")]
    [InlineData("only with a key", "serve", "grm", "--model", "unused", "--host", "0.0.0.0", "--port", "0")]
    [InlineData("--model nowhere: no config.json there", "serve", "grm", "--model", "nowhere", "--port", "0")]
    [InlineData("none.jsonl: no such file", "serve", "rewards", "--dataset", "none.jsonl", "--port", "0")]
    [InlineData(
        "--api-key-env R1_NO_SUCH_VARIABLE", "serve", "rewards", "--api-key-env", "R1_NO_SUCH_VARIABLE", "--port", "0")]
    [InlineData("--host nowhere: not an IP address", "serve", "rewards", "--host", "nowhere")]
    [InlineData(
        "r1reward.serve.max-requests = 0", "serve", "rewards", "--port", "0", "--set", "r1reward.serve.max-requests=0")]
    [InlineData(
        "r1reward.serve.read-timeout = soon", "judge", "serve", "--set", "r1reward.serve.read-timeout=soon")]
    [InlineData(
        "r1reward.serve.grm.max-request-size = 5",
        "serve", "grm", "--model", "unused", "--set", "r1reward.serve.grm.max-request-size=5")]
    [InlineData("--drain-timeout -1: use 0 to 86400 seconds", "judge", "serve", "--drain-timeout", "-1")]
    [InlineData("00:00:00 for a request to be sent", "judge", "serve", "--port", "0", "--read-timeout", "0")]
    [InlineData("use at most 1 GiB", "serve", "rewards", "--port", "0", "--max-request-mib", "1025")]
    [InlineData("0 requests at once", "serve", "rewards", "--port", "0", "--max-requests", "0")]
    public async Task A_mistake_is_told_in_one_line(string expected, params string[] args) =>
        Assert.Contains(expected, (await Invocation.RunAsync(args)).Mistake());

    [Fact]
    public async Task A_row_without_answers_is_named_by_its_line()
    {
        var data = _folder.At("rl.jsonl");
        File.WriteAllText(data, """{"message":"m"}""");

        Assert.StartsWith(
            $"{data}:1: ", (await Invocation.RunAsync("serve", "rewards", "--dataset", data, "--port", "0")).Mistake());
    }
}
