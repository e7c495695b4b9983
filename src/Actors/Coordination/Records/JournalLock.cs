namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// The right to write in a run folder, held by one process at a time for as long as one write takes. Readers need no
/// lock: the file of the lock is not the journal.
/// </summary>
/// <param name="journal">Path of the journal; the lock is <c>journal.lock</c> beside it.</param>
internal sealed class JournalLock(string journal)
{
    // Far above what the largest write of a run takes on a busy disk.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _path = Path.ChangeExtension(journal, ".lock");

    /// <summary>Waits until the lock is free; whoever disposes the result frees it.</summary>
    /// <param name="breakIt">
    /// Whether a lock that is never freed, since its holder is frozen, is taken away from it: for whoever starts the
    /// next epoch, which the holder then finds before it writes again.
    /// </param>
    /// <exception cref="IOException">Another process keeps the lock.</exception>
    public IDisposable Take(bool breakIt)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(since) < Patience)
            {
                Task.Delay(Pause, TimeProvider.System).GetAwaiter().GetResult();
            }
            catch (IOException) when (breakIt)
            {
                // The frozen holder keeps the deleted file, and everybody else meets at the new one.
                File.Delete(_path);
                breakIt = false;
            }
        }
    }
}
