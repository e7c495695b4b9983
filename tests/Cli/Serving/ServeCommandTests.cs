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
