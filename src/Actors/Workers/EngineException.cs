namespace R1Reward.Actors.Workers;

/// <summary>An engine could not be built. The node stops the worker and tries again after a pause, unless the user has to mend something.</summary>
/// <param name="inner">What went wrong.</param>
public sealed class EngineException(Exception inner) : Exception(inner.Message, inner);
