namespace R1Reward.Actors.Hosting;

/// <summary>The cluster could not be joined in time (exit code 4).</summary>
/// <param name="message">What was tried and what to do.</param>
public sealed class CannotJoinException(string message) : Exception(message);
