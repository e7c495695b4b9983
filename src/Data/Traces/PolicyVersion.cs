namespace R1Reward.Data.Traces;

/// <summary>Which weights produced a trace: 0 is the start of reinforcement learning, each update adds one.</summary>
/// <param name="Number">The number of updates applied.</param>
public readonly record struct PolicyVersion(int Number) : IComparable<PolicyVersion>
{
    /// <inheritdoc/>
    public int CompareTo(PolicyVersion other) => Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => $"v{Number}";
}
