using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Workers;

/// <summary>
/// Does the work of one kind. Called from an actor, so every member returns at once; what takes time runs on threads
/// of the engine's own (tensor work on one dedicated thread).
/// </summary>
public interface IWorkEngine : IAsyncDisposable
{
    /// <summary>Items that it makes sense to hold at a time.</summary>
    int Capacity { get; }

    /// <summary>Does one item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="progress">Takes figures of work in progress, by step.</param>
    /// <param name="cancel">Asks to stop: save what can be taken up again and return <see cref="WorkStopped"/>, or throw.</param>
    /// <exception cref="R1Reward.Data.UserErrorException">The user has to mend something: the run ends with the message.</exception>
    /// <exception cref="OperationCanceledException">The item was given up; nothing is handed in.</exception>
    Task<WorkResult> DoAsync(Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel);
}
