using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Runs.Record;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Record;

public sealed class RunSummaryTests : IDisposable
{
    // As the first release wrote it; later ones added figures.
    private const string Early =
        """
        {
          "name": "early",
          "seed": 7,
          "sft": { "accuracy": 0.5, "format": 1.0, "consistency": null, "length": 12.5, "pairs": 4 },
          "seconds": { "load": 0.5, "sft": 20.0 }
        }
        """;

    private readonly TempFolder _folder = new();

    private string Path => _folder.At("summary.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Where_there_is_no_file_there_is_no_summary() => Assert.Null(RunSummary.Read(Path));

    [Fact]
    public void A_summary_of_an_earlier_release_is_read_and_what_it_does_not_say_is_unknown()
    {
        File.WriteAllText(Path, Early);

        var summary = RunSummary.Read(Path)!;

        Assert.Equal(("early", 7L, 0.5), (summary.Name, summary.Seed, summary.Evaluations["sft"].Accuracy));
        Assert.Null(summary.Evaluations["sft"].Consistency);
        Assert.Null(summary.Evaluations["sft"].LeftOut);
        Assert.Null(summary.Vote);
    }

    [Fact]
    public void A_continued_run_keeps_what_was_known_and_adds_to_its_seconds()
    {
        File.WriteAllText(Path, Early);

        RunSummary.Read(Path)!
            .AddSeconds("sft", 1.255)
            .AddSeconds("learn", 2)
            .WithEvaluation("rl", Found, null)
            .Write(Path);

        var json = JObject.Parse(File.ReadAllText(Path));
        Assert.Equal(
            ["name", "seed", "sft", "rl", "vote", "any-correct", "seconds"],
            json.Properties().Select(property => property.Name));
        var seconds = json["seconds"]!;
        Assert.Equal([0.5, 21.26, 2.0], new[] { "load", "sft", "learn" }.Select(stage => (double)seconds[stage]!));
        Assert.Equal(0.5, (double)json["sft"]!["accuracy"]!);
        Assert.Equal(["1", "5"], ((JObject)json["vote"]!).Properties().Select(size => size.Name));
        Assert.Equal(JTokenType.Null, json["rl"]!["consistency"]!.Type);
    }

    [Fact]
    public void What_was_written_is_read_back_unchanged()
    {
        new RunSummary { Name = "run", Seed = 1 }
            .WithEvaluation("sft", Found, null)
            .WithEvaluation("rl", Found, null)
            .AddSeconds("load", 1)
            .Write(Path);
        var written = File.ReadAllText(Path);

        RunSummary.Read(Path)!.Write(Path);

        Assert.Equal(written, File.ReadAllText(Path));
    }

    private static EvaluationFigures Found { get; } = new()
    {
        Pairs = 4,
        SamplesPerPair = 5,
        Accuracy = 0.75,
        Format = 1,
        Consistency = null,
        Length = 12,
        Unreadable = 0,
        Undecided = 2,
        Vote = new Dictionary<int, double> { [5] = 0.5, [1] = 0.75 },
        AnyCorrect = new Dictionary<int, double> { [1] = 0.75, [5] = 1 },
    };
}
