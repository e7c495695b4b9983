namespace R1Reward.Actors.Hosting;

/// <summary>The cluster removed this node, or a later coordinator took its run over (exit code 3).</summary>
/// <param name="message">What happened and how it goes on.</param>
public sealed class DownedException(string message) : Exception(message);
