namespace R1Reward.Actors.Bulk;

/// <summary>A connection that another node opened, for as long as it is not disposed.</summary>
/// <param name="bytes">The stream of the connection, both directions.</param>
internal sealed class DirectConnection(Stream bytes) : IDisposable
{
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Both directions: reads what the other node sends, and writes to it.</summary>
    public Stream Bytes => bytes;

    /// <summary>Ends when somebody has taken the connection, who then disposes it.</summary>
    public Task Taken => _taken.Task;

    /// <summary>Ends when the connection is not needed any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Takes the connection, which is then the caller's to dispose.</summary>
    public DirectConnection Take()
    {
        _taken.TrySetResult();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose() => _ended.TrySetResult();
}
