using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Loading;

public sealed class RunStoreTests : IDisposable
{
    private static readonly RunCommands.Submit Run = new("run", "r1reward {}");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_run_under_way_is_known_until_it_ends()
    {
        var store = new RunStore(_folder.Path);
        Assert.Null(store.Current());
        store.Begin(Run);
        Assert.Equal(Run, store.Current());
        store.End(new RunCommands.Submit("another", ""));
        Assert.Equal(Run, store.Current());

        store.End(Run);

        Assert.Null(store.Current());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"RunId\":\"run\",\"Sett")]
    [InlineData("{}")]
    [InlineData("7")]
    public void A_damaged_note_is_one_line_that_says_what_to_do(string content)
    {
        File.WriteAllText(_folder.At("current.json"), content);

        var error = Assert.Throws<UserErrorException>(() => new RunStore(_folder.Path).Current());

        Assert.StartsWith(_folder.At("current.json") + ": damaged", error.Message);
        Assert.Contains("submit the run again", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
