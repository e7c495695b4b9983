using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Tests.Terms.Judged;

/// <summary>A judge that says what a test wants, and keeps what it was asked.</summary>
internal sealed class TalkingJudge(Func<JudgePrompt, JudgeReply> reply) : IJudgeClient
{
    public TalkingJudge(string text, params (string Text, double LogProb)[] first)
        : this(_ => new JudgeReply(text, null, 1, TimeSpan.Zero)
        {
            Tokens = first.Length == 0 ? [] : [Token(text, first)],
        })
    {
    }

    public List<JudgePrompt> Asked { get; } = [];

    public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default)
    {
        Asked.Add(prompt);
        return Task.FromResult(reply(prompt));
    }

    private static JudgeToken Token(string text, (string Text, double LogProb)[] alternatives) => new(
        text,
        alternatives[0].LogProb,
        [.. alternatives.Select(one => new JudgeAlternative(one.Text, one.LogProb))]);
}
