namespace R1Reward.Structure.Tests.Cyclic.First
{
    /// <summary>One half of a cycle of two namespaces, for the test of the search.</summary>
    internal sealed class One
    {
        internal Second.Other? Other { get; init; }
    }
}

namespace R1Reward.Structure.Tests.Cyclic.Second
{
    /// <summary>The other half: it uses the first one in a method body only.</summary>
    internal sealed class Other
    {
        internal static object Create() => new First.One();
    }
}
