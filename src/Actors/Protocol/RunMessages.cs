namespace R1Reward.Actors.Protocol;

/// <summary>What a command line says to the coordinator, and what it hears.</summary>
public static class RunCommands
{
    /// <summary>Starts a run; refused while another is under way.</summary>
    /// <param name="RunId">Chosen by the sender, so that a repeated submission is recognised.</param>
    /// <param name="Settings">The run's settings as HOCON text.</param>
    public sealed record Submit(string RunId, string Settings) : IWireMessage;

    /// <summary>Answer to <see cref="Submit"/>.</summary>
    /// <param name="RunId">The run.</param>
    /// <param name="Refusal">Why it is not taken; null where it is.</param>
    /// <param name="Folder">
    /// Its folder, below the <c>run.folder</c> of the nodes that coordinate; a journal that is there is continued.
    /// </param>
    public sealed record Submitted(string RunId, string? Refusal, string Folder) : IWireMessage;

    /// <summary>Asks how the run is going.</summary>
    public sealed record GetStatus : IWireMessage
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static GetStatus Instance { get; } = new();
    }

    /// <summary>Asks for all that an operator wants to see of the run.</summary>
    public sealed record GetDetails : IWireMessage
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static GetDetails Instance { get; } = new();
    }

    /// <summary>Finish the current step, save, and end the run so that it can be resumed.</summary>
    public sealed record Stop : IWireMessage
    {
        /// <summary>The message itself: it carries nothing, so one serves all.</summary>
        public static Stop Instance { get; } = new();
    }
}
