namespace R1Reward.Rewards.Watch;

/// <summary>
/// Counts the distinct substrings of a growing sequence: a suffix automaton (Blumer et al. 1985), linear in its length.
/// </summary>
internal sealed class SubstringCounter
{
    private readonly List<State> _states = [new State(0, -1, [])];
    private int _last;

    /// <summary>Distinct substrings that are not empty.</summary>
    public long Distinct { get; private set; }

    /// <summary>Adds a symbol to the end of the sequence.</summary>
    public void Add(int symbol)
    {
        var made = Make(_states[_last].Length + 1, []);
        var at = _last;
        while (at >= 0 && _states[at].Next.TryAdd(symbol, made))
        {
            at = _states[at].Link;
        }

        var link = 0;
        if (at >= 0)
        {
            link = _states[at].Next[symbol];
            if (_states[link].Length != _states[at].Length + 1)
            {
                var shared = Make(_states[at].Length + 1, new Dictionary<int, int>(_states[link].Next));
                _states[shared].Link = _states[link].Link;
                _states[link].Link = shared;
                for (var up = at; up >= 0 && LeadsTo(up, symbol, link); up = _states[up].Link)
                {
                    _states[up].Next[symbol] = shared;
                }

                link = shared;
            }
        }

        _states[made].Link = link;
        Distinct += _states[made].Length - _states[link].Length;
        _last = made;
    }

    private bool LeadsTo(int state, int symbol, int target) =>
        _states[state].Next.TryGetValue(symbol, out var next) && next == target;

    private int Make(int length, Dictionary<int, int> next)
    {
        _states.Add(new State(length, 0, next));
        return _states.Count - 1;
    }

    private sealed class State(int length, int link, Dictionary<int, int> next)
    {
        public int Length { get; } = length;

        public int Link { get; set; } = link;

        public Dictionary<int, int> Next { get; } = next;
    }
}
