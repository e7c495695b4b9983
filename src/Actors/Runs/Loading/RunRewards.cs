using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Coordination;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Actors.Runs.Loading;

/// <summary>The terms of a run, those of training and those of evaluations, with the instances they share.</summary>
internal sealed class RunRewards : IDisposable
{
    private readonly RewardFactory _factory;
    private readonly bool _consistency;

    /// <summary>Builds the terms; nothing is sent anywhere yet.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="judge">Opens the judge's client, where a term asks one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="R1Reward.Data.UserErrorException">With every mistake in the terms.</exception>
    public RunRewards(RunSettings settings, Func<JudgeOptions, IJudgeClient> judge, TimeProvider time)
    {
        _factory = new RewardFactory(RewardSettings.Services(settings, judge, time));
        _consistency = settings.Rewards.Consistency;
        try
        {
            Training = _factory.Build(settings.Rewards.Terms, "r1reward.rewards.terms");
            Evaluation = _factory.Build(settings.Rewards.EvalTerms, "r1reward.rewards.eval-terms");
        }
        catch
        {
            _factory.Dispose();
            throw;
        }
    }

    /// <summary>The terms of training.</summary>
    public RewardSuite Training { get; }

    /// <summary>The terms of evaluations.</summary>
    public RewardSuite Evaluation { get; }

    /// <summary>Whether the consistency judge is asked for the sake of some terms.</summary>
    public bool AskForVerdict(RewardSuite suite) => _consistency && suite.Required.HasFlag(RewardField.Verdict);

    /// <summary>Refuses data that lack what a term reads.</summary>
    /// <param name="pairs">The data; all held-out pairs are looked at.</param>
    /// <param name="prompts">Training prompts that are looked at.</param>
    public void Check(IPairSource pairs, long prompts)
    {
        for (var index = 0L; index < prompts; index++)
        {
            Training.Check(pairs.Training(index));
        }

        foreach (var pair in pairs.HeldOut)
        {
            Evaluation.Check(pair);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _factory.Dispose();
}
