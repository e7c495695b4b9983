using System.Threading.Channels;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// Fetches parts from all places that have them, side by side: each place is asked for the next part once it has sent
/// one, and what cannot be had from one place is left to the others.
/// </summary>
/// <param name="parts">The parts.</param>
/// <param name="fetch">Fetches a part from a place; throws an <see cref="IOException"/> where it cannot be had.</param>
internal sealed class PartsFetch(IReadOnlyList<FilePart> parts, Func<BlobReference, FilePart, Task> fetch)
{
    private readonly Channel<FilePart> _missing = Channel.CreateUnbounded<FilePart>();
    private int _left = parts.Count;
    private IOException? _failure;

    /// <summary>Completes when every part is there; the order in which they come is open.</summary>
    /// <exception cref="IOException">A part can be had from no place.</exception>
    public async Task RunAsync(IReadOnlyList<BlobReference> places, CancellationToken cancel)
    {
        foreach (var part in parts)
        {
            _missing.Writer.TryWrite(part);
        }

        await Task.WhenAll(places.Select(place => FetchSomeAsync(place, cancel)));
        if (_left > 0)
        {
            throw _failure!;
        }
    }

    private async Task FetchSomeAsync(BlobReference place, CancellationToken cancel)
    {
        await foreach (var part in _missing.Reader.ReadAllAsync(cancel))
        {
            try
            {
                await fetch(place, part);
            }
            catch (IOException failure)
            {
                _failure = failure;
                _missing.Writer.TryWrite(part);
                return;
            }

            if (Interlocked.Decrement(ref _left) == 0)
            {
                _missing.Writer.Complete();
            }
        }
    }
}
