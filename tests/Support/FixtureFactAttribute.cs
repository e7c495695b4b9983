using Xunit;

namespace R1Reward.Tests.Support;

/// <summary>A fact that needs the reference fixtures and is skipped, with the reason, where they are absent.</summary>
public sealed class FixtureFactAttribute : FactAttribute
{
    /// <summary>Sets the skip reason where the folder is absent.</summary>
    public FixtureFactAttribute() => Skip = Fixtures.SkipReason;
}
