using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Workers;

/// <summary>
/// Does the work of one kind. Called from an actor, so every member returns at once; what takes time runs on threads
/// of the engine's own (tensor work on one dedicated thread).
/// </summary>
internal interface IWorkEngine : IAsyncDisposable
{
    /// <summary>How many items the engine makes use of at a time.</summary>
    int Capacity { get; }

    /// <summary>
    /// Rises as long as the engine gets on with its work: with every step, request or part of a download. The leases of
    /// an engine that stands still are not renewed.
    /// </summary>
    long Progress { get; }

    /// <summary>What its items wait for, in words for people; null while they go on.</summary>
    string? WaitsFor => null;

    /// <summary>
    /// Base address at which workers that do an item together with this one connect; null where none does.
    /// </summary>
    string? Direct => null;

    /// <summary>For how long it has been in an exchange with such workers; zero where it is in none.</summary>
    TimeSpan Exchanging => TimeSpan.Zero;

    /// <summary>Does one work item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="progress">Takes figures of work in progress, by step.</param>
    /// <param name="cancel">
    /// Asks to stop: the engine saves what can be resumed and returns <see cref="WorkStopped"/>, or throws.
    /// </param>
    /// <exception cref="R1Reward.Data.UserErrorException">
    /// The run ends with the message, which says what to correct.
    /// </exception>
    /// <exception cref="OperationCanceledException">The item was given up; nothing is handed in.</exception>
    Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel);
}
