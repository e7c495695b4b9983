namespace R1Reward.Rollout;

/// <summary>
/// Groups that no part of the engine has yet, first come, first served. A group goes to the part with the fewest
/// sequences, as late as possible, so that parts come to their ends together. No tensors here.
/// </summary>
internal sealed class WaitingGroups
{
    private readonly Queue<SequenceGroup> _groups = new();

    /// <summary>How many groups wait here, those that parts have left out.</summary>
    public int Count => _groups.Count;

    /// <summary>Bytes of their pictures and videos.</summary>
    public long PatchBytes => _groups.Sum(group => group.PatchBytes);

    /// <summary>Puts a group at the end.</summary>
    public void Add(SequenceGroup group) => _groups.Enqueue(group);

    /// <summary>
    /// Takes out what parts have room for. Where there are fewer groups than idle parts, the samples of each are shared
    /// out: every part then computes the prompt, which costs less than parts without work.
    /// </summary>
    /// <param name="loads">Number of sequences of each part.</param>
    /// <param name="room">Number of sequences from which on a part gets no more.</param>
    /// <returns>The groups with their parts.</returns>
    public IReadOnlyList<(SequenceGroup Group, int Part)> Share(IReadOnlyList<int> loads, int room)
    {
        int[] load = [.. loads];
        var shares = Count == 0 ? 1 : Math.Max(1, load.Count(sequences => sequences == 0) / Count);
        var shared = new List<(SequenceGroup, int)>();
        while (_groups.TryPeek(out var group) && load.Min() < room)
        {
            _groups.Dequeue();
            foreach (var samples in group.Sequences.Chunk((group.Sequences.Count + shares - 1) / shares))
            {
                var part = Array.IndexOf(load, load.Min());
                load[part] += samples.Length;
                shared.Add((group with { Sequences = samples }, part));
            }
        }

        return shared;
    }

    /// <summary>Drops a request as far as it waits here.</summary>
    public void Remove(string request)
    {
        for (var count = _groups.Count; count > 0; count--)
        {
            var group = _groups.Dequeue();
            if (group.Sequences[0].Request != request)
            {
                _groups.Enqueue(group);
            }
        }
    }

    /// <summary>Drops every group that waits here.</summary>
    public void Clear() => _groups.Clear();
}
