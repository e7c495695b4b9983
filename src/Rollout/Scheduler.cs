namespace R1Reward.Rollout;

/// <summary>
/// Decides which sequences run: admits groups first come, first served, and retires finished sequences. Running sequences
/// hold the rows 0 to n-1 of the cache without gaps, so that a late step is as small as what is left. No tensors here.
/// </summary>
internal sealed class Scheduler
{
    // Prompts are computed together: single free rows wait until this share of all rows is free.
    private const int AdmissionShare = 8;

    private readonly Queue<SequenceGroup> _waiting = new();
    private readonly List<Sequence> _running = [];
    private readonly int _maxSequences;
    private readonly int _maxPrefillTokens;
    private int _waitingSequences;

    /// <param name="maxSequences">Rows of the cache.</param>
    /// <param name="maxPrefillTokens">Most prompt tokens, padding included, in one prefill; a longer prompt runs alone.</param>
    public Scheduler(int maxSequences, int maxPrefillTokens)
    {
        _maxSequences = maxSequences;
        _maxPrefillTokens = maxPrefillTokens;
    }

    /// <summary>The sequences that run; the index is the cache row.</summary>
    public IReadOnlyList<Sequence> Running => _running;

    /// <summary>Whether anything runs or waits.</summary>
    public bool HasWork => _running.Count > 0 || _waiting.Count > 0;

    /// <summary>Puts a group in the queue.</summary>
    /// <exception cref="InvalidOperationException">The group has more sequences than the cache has rows.</exception>
    public void Add(SequenceGroup group)
    {
        if (group.Sequences.Count > _maxSequences)
        {
            throw new InvalidOperationException($"A group of {group.Sequences.Count} sequences can never run in {_maxSequences} cache rows.");
        }

        _waiting.Enqueue(group);
        _waitingSequences += group.Sequences.Count;
    }

    /// <summary>The groups whose prompts are to be computed now, all of one number of samples. Their sequences take the next rows in order.</summary>
    /// <param name="capacity">Tokens per cache row. A longer group waits until nothing runs: only then can the cache grow.</param>
    public IReadOnlyList<SequenceGroup> Admit(int capacity)
    {
        var admitted = new List<SequenceGroup>();
        if (_maxSequences - _running.Count < Math.Min(_waitingSequences, Math.Max(1, _maxSequences / AdmissionShare)))
        {
            return admitted;
        }

        var grows = _running.Count == 0;
        var longest = 0;
        while (_waiting.TryPeek(out var group)
            && group.Sequences.Count <= _maxSequences - _running.Count
            && (grows || group.MaxLength <= capacity)
            && (admitted.Count == 0 || group.Sequences.Count == admitted[0].Sequences.Count))
        {
            longest = Math.Max(longest, group.PromptTokens.Length);
            if (admitted.Count > 0 && longest * (admitted.Count + 1) > _maxPrefillTokens)
            {
                break;
            }

            admitted.Add(_waiting.Dequeue());
            _running.AddRange(group.Sequences);
            _waitingSequences -= group.Sequences.Count;
        }

        return admitted;
    }

    /// <summary>
    /// Takes out what has finished, highest row first; the last row in use moves into each gap. Given back are the
    /// sequences with the rows they leave, in the order in which the cache is to follow.
    /// </summary>
    public IReadOnlyList<(Sequence Sequence, int Row)> Retire()
    {
        var finished = new List<(Sequence, int)>();
        for (var row = _running.Count - 1; row >= 0; row--)
        {
            if (_running[row].Finish is not null)
            {
                // Every row above this one has been looked at, so what moves here still runs.
                finished.Add((_running[row], row));
                _running[row] = _running[^1];
                _running.RemoveAt(_running.Count - 1);
            }
        }

        return finished;
    }

    /// <summary>Drops everything that runs or waits.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _running.Clear();
        _waitingSequences = 0;
    }
}
