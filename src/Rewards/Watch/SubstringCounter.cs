using System.Runtime.InteropServices;

namespace R1Reward.Rewards.Watch;

/// <summary>
/// Counts the distinct substrings of a growing sequence: a suffix automaton (Blumer et al. 1985), linear in its length.
/// All states share one table of transitions, which the next sequence uses again.
/// </summary>
internal sealed class SubstringCounter
{
    private const int None = -1;

    private readonly List<State> _states = [];
    private readonly List<Transition> _transitions = [];
    private readonly Dictionary<(int State, int Symbol), int> _targets = [];
    private int _last;

    public SubstringCounter() => Clear();

    /// <summary>Distinct substrings that are not empty.</summary>
    public long Distinct { get; private set; }

    /// <summary>Begins an empty sequence, in the memory of the one before.</summary>
    public void Clear()
    {
        _states.Clear();
        _transitions.Clear();
        _targets.Clear();
        _last = Make(length: 0);
        Distinct = 0;
    }

    /// <summary>Adds a symbol to the end of the sequence.</summary>
    public void Add(int symbol)
    {
        var made = Make(_states[_last].Length + 1);
        var at = _last;
        while (at != None && TryLead(at, symbol, made))
        {
            at = _states[at].Link;
        }

        var link = 0;
        if (at != None)
        {
            link = _targets[(at, symbol)];
            if (_states[link].Length != _states[at].Length + 1)
            {
                var shared = Copy(link, _states[at].Length + 1);
                Link(link, shared);
                for (var up = at; up != None && LeadsTo(up, symbol, link); up = _states[up].Link)
                {
                    _targets[(up, symbol)] = shared;
                }

                link = shared;
            }
        }

        Link(made, link);
        Distinct += _states[made].Length - _states[link].Length;
        _last = made;
    }

    private bool LeadsTo(int state, int symbol, int target) =>
        _targets.TryGetValue((state, symbol), out var next) && next == target;

    private bool TryLead(int state, int symbol, int target)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_targets, (state, symbol), out var leads);
        if (leads)
        {
            return false;
        }

        place = target;
        _transitions.Add(new Transition(symbol, _states[state].Newest));
        _states[state] = _states[state] with { Newest = _transitions.Count - 1 };
        return true;
    }

    private int Copy(int state, int length)
    {
        var copy = Make(length);
        Link(copy, _states[state].Link);
        for (var at = _states[state].Newest; at != None; at = _transitions[at].Older)
        {
            var symbol = _transitions[at].Symbol;
            TryLead(copy, symbol, _targets[(state, symbol)]);
        }

        return copy;
    }

    private void Link(int state, int link) => _states[state] = _states[state] with { Link = link };

    private int Make(int length)
    {
        _states.Add(new State(length, None, None));
        return _states.Count - 1;
    }

    // Newest and Older are a list of a state's transitions.
    private readonly record struct State(int Length, int Link, int Newest);

    private readonly record struct Transition(int Symbol, int Older);
}
