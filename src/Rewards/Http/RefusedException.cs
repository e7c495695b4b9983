namespace R1Reward.Rewards.Http;

/// <summary>
/// A request that is answered with an error status; thrown by handlers of <see cref="JsonServer"/> only.
/// </summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reason">What is wrong, for whoever sent the request.</param>
public sealed class RefusedException(int status, string reason) : Exception(reason)
{
    /// <summary>The status of the answer.</summary>
    public int Status => status;
}
