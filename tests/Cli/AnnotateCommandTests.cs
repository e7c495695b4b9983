using R1Reward.Data.Formats;
using R1Reward.Data.Judging;
using R1Reward.Data.Scenes;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

/// <summary><c>annotate</c>, with the repository's own judge server as the teacher.</summary>
public sealed class AnnotateCommandTests : IDisposable
{
    private const int Pairs = 40;

    private readonly TempFolder _folder = new();

    public AnnotateCommandTests() => ScenesDataset.Write(
        new ScenesDatasetOptions { Pairs = Pairs, Seed = 3, Out = _folder.At("scenes") });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_teacher_that_errs_leaves_judgments_to_imitate_and_harder_pairs_to_learn_on()
    {
        await using var teacher = await StartAsync(new JudgeServerOptions { MistakeRate = 0.8, FailureRate = 0.1 });
        var ended = await AnnotateAsync(teacher);

        Assert.Equal(0, ended.ExitCode);
        var imitated = PairReader.Read(_folder.At("out", "sft.jsonl")).Pairs;
        Assert.All(imitated, pair => Assert.True(JudgmentParser.Parse(pair.Judgment!) is { WellFormed: true } judgment
            && judgment.IsRight(pair.Label)));
        Assert.All(imitated, pair => Assert.InRange(pair.Difficulty!.Value, 1, 3));
        var learned = PairReader.Read(_folder.At("out", "rl.jsonl")).Pairs;
        Assert.All(learned, pair => Assert.True(pair is { Judgment: null, Difficulty: >= 2 and <= 4 }));
        Assert.Equal(
            Pairs,
            imitated.Count(pair => pair.Difficulty == 1) + learned.Count);
        Assert.Contains($"{imitated.Count} pairs to imitate", ended.Output);
        Assert.Contains($"{learned.Count} pairs to learn on", ended.Output);
    }

    [Fact]
    public async Task What_was_answered_is_not_asked_again_and_the_sets_come_out_the_same()
    {
        await using var teacher = await StartAsync(new JudgeServerOptions { MistakeRate = 0.8 });
        await AnnotateAsync(teacher);
        var asked = teacher.Completions;
        string[] files = [_folder.At("out", "sft.jsonl"), _folder.At("out", "rl.jsonl")];
        var before = Array.ConvertAll(files, File.ReadAllText);
        Assert.Equal(0, (await AnnotateAsync(teacher)).ExitCode);

        Assert.Equal(asked, teacher.Completions);
        Assert.Equal(before, Array.ConvertAll(files, File.ReadAllText));

        // A session that was killed after thirty pairs: the last ten are asked about.
        var annotations = _folder.At("out", "annotations.jsonl");
        File.WriteAllLines(annotations, File.ReadAllLines(annotations).Take(31));
        await AnnotateAsync(teacher);
        Assert.InRange(teacher.Completions - asked, 10, 30);
        Assert.Equal(41, File.ReadAllLines(annotations).Length);
    }

    [Fact]
    public async Task Pairs_that_a_teacher_refuses_are_undecided_and_the_others_go_on()
    {
        File.AppendAllText(
            _folder.At("scenes", "train.jsonl"),
            """{"question":"2 + 2?","response1":"4","response2":"5","label":"first"}""" + "\n");
        await using var teacher = await StartAsync(new JudgeServerOptions());
        var ended = await AnnotateAsync(teacher);

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("undecided: 1", ended.Output);
        Assert.Contains("neither a consistency question", ended.Error);
        Assert.Equal(Pairs, PairReader.Read(_folder.At("out", "sft.jsonl")).Pairs.Count);
    }

    [Fact]
    public async Task Without_a_teacher_or_with_one_that_does_not_answer_it_ends_in_one_line()
    {
        var none = await Invocation.RunAsync("annotate", Data, "--out", _folder.At("out"));
        Assert.Contains("annotate needs a teacher", none.Mistake());
        var away = await Invocation.RunAsync(
            "annotate", Data, "--out", _folder.At("out"),
            "--set", "r1reward.judge.endpoints=[\"http://127.0.0.1:1/v1\"]",
            "--set", "r1reward.judge.max-attempts=1");
        Assert.Contains("the judge cannot be asked", away.Mistake());
    }

    private string Data => _folder.At("scenes", "train.jsonl");

    private static Task<JudgeServer> StartAsync(JudgeServerOptions options) =>
        JudgeServer.StartAsync(options, TimeProvider.System);

    private Task<Invocation> AnnotateAsync(JudgeServer teacher) => Invocation.RunAsync(
        "annotate", Data, "--out", _folder.At("out"), "--set", $"r1reward.judge.endpoints=[\"{teacher.Endpoint}\"]",
        "--set", "r1reward.judge.retry-delay=1 ms");
}
