namespace Akka.Cluster.Tools.Singleton;

/// <summary>What singleton managers of two nodes say to each other at a hand-over.</summary>
internal interface IClusterSingletonMessage;

/// <summary>New oldest to previous: stop yours, I take over.</summary>
internal sealed class HandOverToMe : IClusterSingletonMessage
{
    public static readonly HandOverToMe Instance = new();
}

/// <summary>Previous oldest to new: mine is stopping.</summary>
internal sealed class HandOverInProgress : IClusterSingletonMessage
{
    public static readonly HandOverInProgress Instance = new();
}

/// <summary>Previous oldest to new: mine has stopped.</summary>
internal sealed class HandOverDone : IClusterSingletonMessage
{
    public static readonly HandOverDone Instance = new();
}

/// <summary>Leaving oldest to its successor: ask me to hand over.</summary>
internal sealed class TakeOverFromMe : IClusterSingletonMessage
{
    public static readonly TakeOverFromMe Instance = new();
}
