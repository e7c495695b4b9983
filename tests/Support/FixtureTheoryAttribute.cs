using Xunit;

namespace R1Reward.Tests.Support;

/// <summary>A theory over fixture cases, skipped with the reason where the folder is absent.</summary>
public sealed class FixtureTheoryAttribute : TheoryAttribute
{
    /// <summary>Sets the skip reason where the folder is absent.</summary>
    public FixtureTheoryAttribute() => Skip = Fixtures.SkipReason;
}
