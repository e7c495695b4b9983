using System.Globalization;
using R1Reward.Actors.Telemetry;
using R1Reward.Actors.Workers.Judge;
using R1Reward.Rewards.Judge;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.Judge;

public sealed class PatientJudgeTests
{
    private static readonly JudgePrompt Question = new("rules", "question");

    [Theory]
    [InlineData(JudgeFailureKind.Refused)]
    [InlineData(JudgeFailureKind.NoText)]
    public async Task A_question_that_fails_by_itself_neither_ends_the_run_nor_holds_it_up(JudgeFailureKind kind)
    {
        var judge = new Answers(_ => Failed(kind));

        Assert.Equal(kind, (await Patient(judge).AskAsync(Question)).Failure!.Kind);
        Assert.Equal(1, judge.Asked);
    }

    [Theory]
    [InlineData(JudgeFailureKind.ServerError)]
    [InlineData(JudgeFailureKind.TimedOut)]
    public async Task A_question_at_which_the_server_breaks_off_is_given_up_once_a_plain_one_is_answered(
        JudgeFailureKind kind)
    {
        var judge = new Answers(prompt => prompt.IsCheck ? Answered : Failed(kind));

        var reply = await Patient(judge).AskAsync(Question).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((kind, 3), (reply.Failure!.Kind, reply.Attempts));
    }

    [Fact]
    public async Task A_judge_that_answers_no_plain_question_either_is_waited_for()
    {
        var left = 10;
        var judge = new Answers(prompt =>
            prompt.IsCheck || left-- > 0 ? Failed(JudgeFailureKind.ServerError) : Answered);

        var reply = await Patient(judge).AskAsync(Question).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(("1", 11), (reply.Text, reply.Attempts));
    }

    [Fact]
    public async Task Questions_and_those_without_an_answer_are_counted_for_whoever_watches_the_node()
    {
        // Other tests of this process count, too.
        using var text = new PrometheusText(meter => meter.Name == Meters.Name && meter.Scope is null);
        Meters.Show();
        var (asks, failures) = (Read("asks"), Read("failures"));

        await Patient(new Answers(_ => Failed(JudgeFailureKind.Refused))).AskAsync(Question);
        await Patient(new Answers(_ => Answered)).AskAsync(Question);

        Assert.InRange(Read("asks"), asks + 2, int.MaxValue);
        Assert.InRange(Read("failures"), failures + 1, int.MaxValue);

        int Read(string what)
        {
            var line = $"\nr1reward_judge_{what}_total ";
            var read = text.Read();
            return int.Parse(
                read[(read.IndexOf(line, StringComparison.Ordinal) + line.Length)..].Split('\n')[0],
                CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task While_the_judge_is_out_of_reach_it_says_where_why_and_for_how_long()
    {
        var time = new ManualTime();
        var away = new JudgeFailure(JudgeFailureKind.Unreachable, "http://judge/v1: connection refused");
        var judge = new BackLater(new JudgeReply(null, away, 1, TimeSpan.Zero));
        using var patient = new PatientJudge(judge, new JudgeOptions { BreakFor = TimeSpan.FromMilliseconds(1) }, time);
        Assert.Null(patient.WaitsFor);

        var asked = patient.AskAsync(Question);
        time.Advance(TimeSpan.FromSeconds(34));
        Assert.Equal("waiting for the judge at http://judge/v1: connection refused, 34 s", patient.WaitsFor);

        judge.Back.SetResult(Answered);
        await asked.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Null(patient.WaitsFor);
    }

    private static JudgeReply Answered => new("1", null, 1, TimeSpan.Zero);

    private static JudgeReply Failed(JudgeFailureKind kind) =>
        new(null, new JudgeFailure(kind, "no"), 1, TimeSpan.Zero);

    private static PatientJudge Patient(IJudgeClient judge) =>
        new(judge, new JudgeOptions { BreakFor = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);

    /// <summary>Fails once, and answers when it is back.</summary>
    private sealed class BackLater(JudgeReply failure) : IJudgeClient
    {
        private int _asked;

        public TaskCompletionSource<JudgeReply> Back { get; } = new();

        public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default) =>
            _asked++ == 0 ? Task.FromResult(failure) : Back.Task;
    }

    private sealed class Answers(Func<JudgePrompt, JudgeReply> reply) : IJudgeClient
    {
        public int Asked { get; private set; }

        public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default)
        {
            Asked++;
            return Task.FromResult(reply(prompt));
        }
    }
}
