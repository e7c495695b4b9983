using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Data;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Pairs;

public sealed class FilePairsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FilePairsTests()
    {
        var label = """ "response1":"x","response2":"y","label":"first"} """.Trim();
        _folder.Write("a.jsonl", Lines(i => $$"""{"question":"a{{i}}",{{label}}"""));
        _folder.Write("b.csv", "prompt,chosen,rejected\n" + Lines(i => $"b{i},x,y"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Several_sets_are_mixed_by_the_seed_and_a_run_can_be_repeated()
    {
        string[] Order(int seed)
        {
            var pairs = new FilePairs(Settings("pairs:a.jsonl,preference:b.csv", $"r1reward.run.seed={seed}"));
            return [.. Enumerable.Range(0, (int)pairs.DistinctPrompts).Select(i => Shown(pairs.Training(i)))];
        }

        var once = Order(1);

        Assert.Equal(once, Order(1));
        Assert.NotEqual(once, Order(2));
        var sets = once.Select(shown => shown[0]).ToList();
        Assert.InRange(sets.Take(sets.Count / 2).Count(set => set == 'a'), sets.Count / 8, sets.Count * 3 / 8);
    }

    [Fact]
    public void The_paths_of_an_address_are_absolute_in_the_effective_configuration()
    {
        var configuration = Load("pairs:a.jsonl,preference:b.csv");

        Assert.Contains($"pairs:{_folder.At("a.jsonl")},preference:{_folder.At("b.csv")}", configuration.Print());
    }

    [Theory]
    [InlineData("nothing:a.jsonl", "the source nothing is not known")]
    [InlineData("pairs:a.jsonl,hpdv3:none.json", "none.json: no such file")]
    [InlineData("none.jsonl", "none.jsonl: no such file")]
    public void A_set_that_is_not_there_is_told_with_its_key(string name, string reason)
    {
        var message = Assert.Throws<UserErrorException>(() => Settings(name)).Message;

        Assert.Contains("r1reward.data.train = ", message);
        Assert.Contains(reason, message);
    }

    private static string Lines(Func<int, string> line) =>
        string.Concat(Enumerable.Range(0, 40).Select(i => line(i) + "\n"));

    private static string Shown(PreferencePair pair) => $"{pair.Question} {pair.Response1} {pair.Response2}";

    private EffectiveConfiguration Load(string train, params string[] more)
    {
        var path = _folder.Write("run.conf", $"r1reward.data {{ source = file, train = \"{train}\" }}\n");
        return Configurations.Load(path, [.. TinyRunSettings.For("unused", 1), .. more], _ => null);
    }

    private RunSettings Settings(string train, params string[] more) => RunSettings.Read(Load(train, more).Reader());
}
