using R1Reward.Data;
using R1Reward.Data.Loading;

namespace R1Reward.Rewards.Terms.Custom;

/// <summary>
/// A user's own reward: a public class that implements <see cref="IPointwiseReward"/> or <see cref="IGroupwiseReward"/>
/// and has a constructor without parameters, or with one <c>IReadOnlyDictionary&lt;string, string&gt;</c> that takes
/// the entry's <c>options</c>. It runs with all rights of this process.
/// </summary>
public static class CustomTerm
{
    /// <summary>The term of an entry. What the class throws ends the run with one line that names it.</summary>
    public static IReward Create(OptionReader options, ITermContext context)
    {
        var custom = CustomOptions.Read(options);
        if (custom.Assembly.Length == 0 || custom.Class.Length == 0)
        {
            return RefusedTerm.Instance;
        }

        try
        {
            var path = Path.GetFullPath(custom.Assembly, context.Services.Folder);
            return Guard(OwnClass.Load<IReward>(
                path, custom.Class, custom.Options, typeof(IPointwiseReward), typeof(IGroupwiseReward)));
        }
        catch (UserErrorException wrong)
        {
            options.Refuse("class", wrong.Message);
            return RefusedTerm.Instance;
        }
    }

    private static IReward Guard(IReward reward) => reward is IPointwiseReward pointwise
        ? new Pointwise(pointwise)
        : new Groupwise((IGroupwiseReward)reward);

    private static async ValueTask<T> GuardAsync<T>(IReward reward, Func<ValueTask<T>> score)
    {
        try
        {
            return await score().ConfigureAwait(false);
        }
        catch (Exception thrown) when (thrown is not (OperationCanceledException or UserErrorException))
        {
            throw new UserErrorException(
                $"the reward class {reward.GetType().FullName} failed: {thrown.GetType().Name}: {thrown.Message}. " +
                "Correct the class, or let it give a score without value.",
                thrown);
        }
    }

    private sealed class Pointwise(IPointwiseReward reward) : IPointwiseReward, IDisposable
    {
        public RewardField Required => reward.Required;

        public ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default) =>
            GuardAsync(reward, () => reward.ScoreAsync(input, cancellationToken));

        public void Dispose() => (reward as IDisposable)?.Dispose();
    }

    private sealed class Groupwise(IGroupwiseReward reward) : IGroupwiseReward, IDisposable
    {
        public RewardField Required => reward.Required;

        public ValueTask<IReadOnlyList<RewardScore>> ScoreAsync(
            IReadOnlyList<RewardInput> group, CancellationToken cancellationToken = default) =>
            GuardAsync(reward, () => reward.ScoreAsync(group, cancellationToken));

        public void Dispose() => (reward as IDisposable)?.Dispose();
    }
}
