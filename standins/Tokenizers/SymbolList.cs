namespace Microsoft.ML.Tokenizers;

/// <summary>
/// The symbols of one piece as a linked list. A heap of the possible merges, by rank and then position, makes merging
/// O(n log n); an entry whose pair has changed since is recognised by its result and skipped.
/// </summary>
internal sealed class SymbolList
{
    private readonly Dictionary<(int Left, int Right), Merge> _merges;
    private readonly List<int> _symbols;
    private readonly int[] _previous;
    private readonly int[] _next;
    private readonly bool[] _removed;
    private readonly PriorityQueue<(int Position, int Result), (int Rank, int Position)> _candidates = new();

    public SymbolList(List<int> symbols, Dictionary<(int Left, int Right), Merge> merges)
    {
        _symbols = symbols;
        _merges = merges;
        _previous = new int[symbols.Count];
        _next = new int[symbols.Count];
        _removed = new bool[symbols.Count];
        for (var i = 0; i < symbols.Count; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1 < symbols.Count ? i + 1 : -1;
        }
    }

    /// <summary>Merges until no rule applies and appends the tokens that are left.</summary>
    public void MergeInto(List<int> ids, out int added)
    {
        for (var i = 0; i < _symbols.Count; i++)
        {
            Offer(i);
        }

        while (_candidates.TryDequeue(out var candidate, out _))
        {
            Join(candidate.Position, candidate.Result);
        }

        var before = ids.Count;
        for (var i = 0; i < _symbols.Count; i++)
        {
            if (!_removed[i])
            {
                ids.Add(_symbols[i]);
            }
        }

        added = ids.Count - before;
    }

    private void Offer(int left)
    {
        if (left >= 0 && _next[left] >= 0 && _merges.TryGetValue((_symbols[left], _symbols[_next[left]]), out var merge))
        {
            _candidates.Enqueue((left, merge.Result), (merge.Rank, left));
        }
    }

    private void Join(int left, int result)
    {
        var right = _next[left];
        if (_removed[left] || right < 0
            || !_merges.TryGetValue((_symbols[left], _symbols[right]), out var merge) || merge.Result != result)
        {
            return;
        }

        _symbols[left] = result;
        _removed[right] = true;
        _next[left] = _next[right];
        if (_next[left] >= 0)
        {
            _previous[_next[left]] = left;
        }

        Offer(_previous[left]);
        Offer(left);
    }
}
