using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination.Records;

/// <summary>
/// A journal that stops its process at one of its boundaries: before records, before their line, after it.
/// </summary>
/// <param name="journal">The journal on disk.</param>
/// <param name="stopAt">The boundary, from 0; later ones than there are stop nothing.</param>
/// <param name="passed">Gets the names of the boundaries that are reached.</param>
internal sealed class StoppingJournal(IJournal journal, int stopAt, ICollection<string> passed) : IJournal
{
    private int _reached;

    public int Epoch => journal.Epoch;

    public void Append(
        JournalKind kind,
        int step = 0,
        string? checkpoint = null,
        string? evaluation = null,
        WeightsReference? weights = null,
        Action? record = null)
    {
        journal.Append(kind, step, checkpoint, evaluation, weights, () =>
        {
            Reach($"{kind} before");
            record?.Invoke();
            Reach($"{kind} recorded");
        });
        Reach($"{kind} after");
    }

    public void Record(Action write)
    {
        journal.Record(() =>
        {
            Reach("record before");
            write();
        });
        Reach("record after");
    }

    private void Reach(string boundary)
    {
        passed.Add(boundary);
        if (_reached++ == stopAt)
        {
            throw new StoppedException();
        }
    }

    /// <summary>The process was killed.</summary>
    public sealed class StoppedException : Exception;
}
