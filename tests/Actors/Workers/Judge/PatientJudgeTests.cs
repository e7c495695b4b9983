using R1Reward.Actors.Workers.Judge;
using R1Reward.Rewards.Judge;

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

    private static JudgeReply Answered => new("1", null, 1, TimeSpan.Zero);

    private static JudgeReply Failed(JudgeFailureKind kind) =>
        new(null, new JudgeFailure(kind, "no"), 1, TimeSpan.Zero);

    private static PatientJudge Patient(IJudgeClient judge) =>
        new(judge, new JudgeOptions { BreakFor = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);

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
