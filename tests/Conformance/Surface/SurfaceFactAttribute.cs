namespace R1Reward.Conformance.Surface;

/// <summary>A fact about a stand-in against its official package; skipped, with the reason, where that is absent.</summary>
internal sealed class SurfaceFactAttribute : FactAttribute
{
    /// <summary>Sets the skip reason.</summary>
    public SurfaceFactAttribute(string standIn) => Skip = OfficialPackages.WhyNot(standIn);
}
