namespace R1Reward.Actors.Protocol;

/// <summary>
/// What workers say to the coordinator. Every one may be lost: all are repeated by timer until answered.
/// </summary>
internal static class FromWorker
{
    /// <summary>Introduces a worker, or re-introduces it to a new coordinator.</summary>
    /// <param name="Worker">Unique name: role, node address and a random part.</param>
    /// <param name="Address">The worker's cluster address, by which its loss is noticed.</param>
    /// <param name="Kind">The work it does.</param>
    /// <param name="Capacity">Items it can hold at a time.</param>
    public sealed record Hello(string Worker, string Address, WorkKind Kind, int Capacity) : IWireMessage;

    /// <summary>Asks for work. Its numbers are absolute, so a lost or repeated one does no harm.</summary>
    /// <param name="Epoch">The coordinator's epoch.</param>
    /// <param name="Worker">The worker.</param>
    /// <param name="Free">For how many more items it has room, but for those that are on their way to it.</param>
    /// <param name="WaitsFor">What the items that it holds wait for; null while they go on.</param>
    /// <param name="Direct">Where other workers connect to it; null where none does.</param>
    public sealed record Pull(int Epoch, string Worker, int Free, string? WaitsFor = null, string? Direct = null)
        : IWireMessage
    {
        /// <summary>How many items have arrived and are not done.</summary>
        public int Held { get; init; }

        /// <summary>For how long it has been in an exchange with them; 0 where it is in none.</summary>
        public double ExchangingSeconds { get; init; }
    }

    /// <summary>Renews the leases of items that the engine gets on with.</summary>
    public sealed record Renew(int Epoch, string Worker, IReadOnlyList<WorkKey> Held) : IWireMessage;

    /// <summary>Hands in a result; repeated until <see cref="ToWorker.Accepted"/> names it.</summary>
    public sealed record Done(string Worker, WorkKey Key, WorkResult Result) : IWireMessage;

    /// <summary>Figures of work in progress (one cold-start step, for example). Lost ones are not repeated.</summary>
    public sealed record Progress(WorkKey Key, int Step, IReadOnlyDictionary<string, double> Metrics) : IWireMessage;

    /// <summary>
    /// A learner that is to leave has finished what it held, and asks whether what it has made is kept elsewhere.
    /// </summary>
    /// <param name="Epoch">The coordinator's epoch.</param>
    /// <param name="Worker">The worker.</param>
    public sealed record Leaving(int Epoch, string Worker) : IWireMessage;

    /// <summary>The worker leaves in order; what it holds is free again.</summary>
    public sealed record Goodbye(string Worker) : IWireMessage;
}

/// <summary>What the coordinator says to workers.</summary>
internal static class ToWorker
{
    /// <summary>Accepts a worker into the run.</summary>
    /// <param name="Epoch">The coordinator's epoch; commands of lower ones are refused from now on.</param>
    /// <param name="RunId">The run, as its name and when its folder was begun; an engine built for another run is
    /// replaced.</param>
    /// <param name="Settings">The run's settings as HOCON text.</param>
    /// <param name="Folder">The run folder.</param>
    /// <param name="Stall">For how long an engine may stand still before its worker renews nothing more.</param>
    public sealed record Welcome(int Epoch, string RunId, string Settings, string Folder, TimeSpan Stall)
        : IWireMessage;

    /// <summary>The coordinator does not know the sender, which must say hello again.</summary>
    public sealed record WhoAreYou(int Epoch) : IWireMessage;

    /// <summary>Hands out items, which are leased from now on.</summary>
    public sealed record Work(int Epoch, IReadOnlyList<Assignment> Items) : IWireMessage;

    /// <summary>The result has been counted, or refused for good: forget it.</summary>
    public sealed record Accepted(WorkKey Key) : IWireMessage;

    /// <summary>A worker that is to leave may go: nothing is lost with it.</summary>
    public sealed record Farewell : IWireMessage
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static Farewell Instance { get; } = new();
    }

    /// <summary>Stop working on everything: save what can be resumed and hand it in.</summary>
    public sealed record Cancel(int Epoch) : IWireMessage;
}

/// <summary>One item handed to one worker.</summary>
/// <param name="Key">The hand-out.</param>
/// <param name="Payload">What to do.</param>
internal sealed record Assignment(WorkKey Key, WorkPayload Payload);
