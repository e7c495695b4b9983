namespace R1Reward.Rollout;

/// <summary>
/// Decides which sequences run: admits groups first come, first served, and retires finished sequences. Running
/// sequences hold the rows 0 to n-1 of the cache without gaps, so that a late step is as small as what is left; each
/// row has room for the longest of them. No tensors here.
/// </summary>
internal sealed class Scheduler
{
    // Prompts are computed together: single free rows wait until this share of all rows is free.
    internal const int AdmissionShare = 8;

    // Rows grow in steps, so that slightly longer sequences find room.
    private const int LengthStep = 64;

    private readonly Queue<SequenceGroup> _waiting = new();
    private readonly List<Sequence> _running = [];
    private readonly int _maxSequences;
    private readonly int _maxPrefillTokens;
    private readonly long _cacheTokens;
    private int _waitingSequences;

    /// <param name="maxSequences">Maximum of sequences that run together.</param>
    /// <param name="maxPrefillTokens">
    /// Maximum of prompt tokens, padding included, in one prefill; a longer prompt runs alone.
    /// </param>
    /// <param name="cacheTokens">Maximum of tokens of all rows, padding included; a longer sequence runs alone.</param>
    public Scheduler(int maxSequences, int maxPrefillTokens, long cacheTokens)
    {
        _maxSequences = maxSequences;
        _maxPrefillTokens = maxPrefillTokens;
        _cacheTokens = cacheTokens;
    }

    /// <summary>The sequences that run; the index is the cache row.</summary>
    public IReadOnlyList<Sequence> Running => _running;

    /// <summary>Whether anything runs or waits.</summary>
    public bool HasWork => _running.Count > 0 || _waiting.Count > 0;

    /// <summary>Number of sequences that run or wait.</summary>
    public int Load => _running.Count + _waitingSequences;

    /// <summary>Maximum of tokens of prompt and output of one of the sequences that run; 0 when none does.</summary>
    public int Length => _running.Count == 0 ? 0 : _running.Max(sequence => sequence.MaxLength);

    /// <summary>Bytes of the pictures and videos of what waits.</summary>
    public long WaitingPatchBytes => _waiting.Sum(group => group.PatchBytes);

    /// <summary>
    /// Puts a group in the queue. A group too large to run at once is split, and each part recomputes the prompt. Two
    /// parts fit at a time, so that one need not wait for the slowest sequence of the one before.
    /// </summary>
    public void Add(SequenceGroup group)
    {
        var rows = RowsOf(group.MaxLength);
        foreach (var part in group.Sequences.Chunk(group.Sequences.Count <= rows ? rows : Math.Max(1, rows / 2)))
        {
            _waiting.Enqueue(group with { Sequences = part });
        }

        _waitingSequences += group.Sequences.Count;
    }

    /// <summary>The group that comes next, if there is room for it; null if not.</summary>
    public SequenceGroup? Next =>
        _waiting.TryPeek(out var group)
        && _running.Count + group.Sequences.Count <= RowsOf(Math.Max(Length, group.MaxLength))
            ? group
            : null;

    /// <summary>Takes <see cref="Next"/> out of the queue; its sequences take the next rows in order.</summary>
    public void Start(SequenceGroup next)
    {
        _waiting.Dequeue();
        _waitingSequences -= next.Sequences.Count;
        _running.AddRange(next.Sequences);
    }

    /// <summary>
    /// Starts the groups whose prompts are to be computed together now, all of one number of samples.
    /// </summary>
    public IReadOnlyList<SequenceGroup> Admit()
    {
        var rows = _waiting.TryPeek(out var head) ? RowsOf(Math.Max(Length, head.MaxLength)) : 0;
        if (rows - _running.Count < Math.Min(_waitingSequences, Math.Max(1, rows / AdmissionShare)))
        {
            return [];
        }

        var longest = 0;
        var admitted = new List<SequenceGroup>();
        while (Next is { } group && (admitted.Count == 0 || group.Sequences.Count == admitted[0].Sequences.Count))
        {
            longest = Math.Max(longest, group.PromptTokens.Length);
            if (admitted.Count > 0 && longest * (admitted.Count + 1) > _maxPrefillTokens)
            {
                break;
            }

            admitted.Add(group);
            Start(group);
        }

        return admitted;
    }

    /// <summary>
    /// Takes out what has finished, highest row first; the last row in use moves into each gap. Given back are the
    /// sequences with the rows they leave, in the order in which the cache is to follow.
    /// </summary>
    public IReadOnlyList<(Sequence Sequence, int Row)> Retire() => TakeOut(sequence => sequence.Finish is not null);

    /// <summary>Takes out all sequences of a request, those that wait included; given back as by Retire.</summary>
    public IReadOnlyList<(Sequence Sequence, int Row)> Remove(string request)
    {
        for (var count = _waiting.Count; count > 0; count--)
        {
            var group = _waiting.Dequeue();
            if (group.Sequences[0].Request == request)
            {
                _waitingSequences -= group.Sequences.Count;
            }
            else
            {
                _waiting.Enqueue(group);
            }
        }

        return TakeOut(sequence => sequence.Request == request);
    }

    /// <summary>Drops everything that runs or waits.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _running.Clear();
        _waitingSequences = 0;
    }

    /// <summary>Tokens of a cache row that holds a sequence of a length.</summary>
    public static int InSteps(int length) => (length + LengthStep - 1) / LengthStep * LengthStep;

    private List<(Sequence Sequence, int Row)> TakeOut(Func<Sequence, bool> isWanted)
    {
        var taken = new List<(Sequence, int)>();
        for (var row = _running.Count - 1; row >= 0; row--)
        {
            if (isWanted(_running[row]))
            {
                // Every row above this one has been looked at, so what moves here stays.
                taken.Add((_running[row], row));
                _running[row] = _running[^1];
                _running.RemoveAt(_running.Count - 1);
            }
        }

        return taken;
    }

    /// <summary>How many sequences of a length run together.</summary>
    private int RowsOf(int length) => (int)Math.Clamp(_cacheTokens / InSteps(length), 1, _maxSequences);
}
