namespace R1Reward.Actors.Workers;

/// <summary>
/// An engine could not be built. The node stops the worker and tries again after a pause, unless the cause is a mistake
/// that only the user can correct.
/// </summary>
/// <param name="cause">Why the engine could not be built.</param>
internal sealed class EngineException(Exception cause) : Exception(cause.Message, cause);
