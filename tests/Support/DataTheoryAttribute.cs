using Xunit;

namespace R1Reward.Tests.Support;

/// <summary>A theory over the real evaluation data, skipped with the reason where its folder is absent.</summary>
public sealed class DataTheoryAttribute : TheoryAttribute
{
    /// <summary>Sets the skip reason where the folder is absent.</summary>
    public DataTheoryAttribute() => Skip = Fixtures.DataSkipReason;
}
