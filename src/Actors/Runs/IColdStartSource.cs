using R1Reward.Data;

namespace R1Reward.Actors.Runs;

/// <summary>Where the cold start's judgments come from.</summary>
public interface IColdStartSource
{
    /// <summary>Pair <paramref name="index"/> of the cold start (from 0, over all its steps), with a judgment to imitate.</summary>
    PreferencePair ColdStart(long index);
}
