using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Training;

public sealed class PromptWeightTests
{
    /// <summary>The means of the two kinds of targets are taken from passes in which the others are none.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.25)]
    [InlineData(0.0)]
    public void Targets_of_the_prompt_count_by_their_weight_in_sum_and_number(double weight)
    {
        List<TrainingRow> rows = [.. Enumerable.Range(0, 5).Select(i => TrainingRow.Reply(
            Some.Tokens(3 + i, i), Some.Tokens(2 + (i % 3), i + 9), learnedBefore: i % 2, learnsPrompt: true))];
        var (prompts, replies) = (Only(rows, ofReplies: false), Only(rows, ofReplies: true));
        var (promptLoss, replyLoss) = (Step(prompts, 1).Loss, Step(replies, 1).Loss);
        double promptCount = prompts.Sum(row => row.TargetCount), replyCount = replies.Sum(row => row.TargetCount);
        Assert.True(promptCount > 0 && Math.Abs(promptLoss - replyLoss) > 1e-3);

        var metrics = Step(rows, weight);

        var expected = ((weight * promptCount * promptLoss) + (replyCount * replyLoss))
            / ((weight * promptCount) + replyCount);
        Assert.Equal(expected, metrics.Loss, 1e-5);
        Assert.Equal(replyLoss, metrics.ReplyLoss, 1e-5);
    }

    private static SftMetrics Step(IReadOnlyList<TrainingRow> rows, double weight)
    {
        using var scope = NewDisposeScope();
        using var model = Some.Model();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        var schedule = new LearningRateSchedule { BaseRate = 1e-3 };
        var options = new SftOptions { MicroBatchTokens = 16, PromptWeight = weight };
        return new SftTrainer(model, optimizer, schedule, options).Step(rows);
    }

    private static List<TrainingRow> Only(List<TrainingRow> rows, bool ofReplies) => [.. rows.Select(row => row with
    {
        Targets = [.. row.Targets.Select((isTarget, at) => isTarget && at >= row.Before == ofReplies)],
        Before = 0,
    })];
}
