using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Extending;

public sealed class CountCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_example_verb_prints_its_count()
    {
        var pair = """{"question":"q","response1":"a","response2":"b"}""";
        await File.WriteAllTextAsync(_folder.At("pairs.jsonl"), $"{pair}\n{pair}\n");
        using var output = new StringWriter();
        var console = Console.Out;
        Console.SetOut(output);

        await CountCommand.Create().Parse([_folder.At("pairs.jsonl")]).InvokeAsync();
        Console.SetOut(console);

        Assert.Equal("2", output.ToString().Trim());
    }
}
