using System.Runtime.InteropServices;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Audio;

/// <summary>
/// The sounds of a batch in the pieces that a tower convolves and attends in: whole sounds, or chunks of them.
/// </summary>
internal sealed class SoundPieces
{
    private readonly AudioConfig _config;
    private readonly List<Piece> _all = [];

    internal SoundPieces(IReadOnlyList<SoundFeatures> sounds, AudioConfig config)
    {
        _config = config;
        Sounds = sounds;
        foreach (var sound in sounds)
        {
            if (sound.Bins != config.MelBins)
            {
                throw new InvalidOperationException($"{sound.Bins} mel filters for a tower of {config.MelBins}");
            }

            var chunk = config.ChunkColumns;
            for (var first = 0; first < sound.Columns; first += chunk == 0 ? sound.Columns : chunk)
            {
                // A sound that is heard as a whole has its end in the columns after it.
                _all.Add(chunk == 0
                    ? new(sound, 0, sound.Stored, sound.Positions)
                    : new(sound, first, Math.Min(chunk, sound.Columns - first)));
            }
        }
    }

    /// <summary>The sounds in order.</summary>
    internal IReadOnlyList<SoundFeatures> Sounds { get; }

    /// <summary>Positions of each piece after the convolutions, one piece after the other.</summary>
    internal int[] Positions => [.. _all.Select(piece => piece.Positions)];

    /// <summary>Columns of the longest piece.</summary>
    internal int Width => _all.Max(piece => piece.Columns);

    /// <summary>Features (N, bins, W) of all pieces, zero after the end of each, and 1 within each (N, 1, W).</summary>
    internal (Tensor FeaturesNFW, Tensor MaskN1W) Features(Device device, ScalarType dtype)
    {
        var (bins, width) = (_config.MelBins, Width);
        var features = zeros([_all.Count, bins, width], dtype: ScalarType.Float32, device: CPU);
        var mask = zeros([_all.Count, 1, width], dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(features.bytes);
        var inside = MemoryMarshal.Cast<byte, float>(mask.bytes);
        foreach (var (index, piece) in _all.Index())
        {
            for (var bin = 0; bin < bins; bin++)
            {
                piece.Sound.Values.AsSpan((bin * piece.Sound.Stored) + piece.First, piece.Columns)
                    .CopyTo(values[(((index * bins) + bin) * width)..]);
            }

            inside.Slice(index * width, piece.Columns).Fill(1);
        }

        return (features.to(dtype, device), mask.to(dtype, device));
    }

    /// <summary>Where the positions of the pieces are in a padded batch that has so many for each.</summary>
    internal long[] Places(long padded) =>
        [.. _all.Index().SelectMany(entry => Enumerable.Range(0, entry.Item.Positions)
            .Select(position => (entry.Index * padded) + position))];

    /// <summary>The first of the two positions that become each token, over all sounds.</summary>
    internal long[] Pairs()
    {
        var pairs = new List<long>();
        var first = 0L;
        foreach (var sound in Sounds)
        {
            pairs.AddRange(Enumerable.Range(0, sound.Tokens).Select(token => first + (2L * token)));
            first += sound.Positions;
        }

        return [.. pairs];
    }

    /// <summary>Some columns of a sound.</summary>
    private readonly record struct Piece(SoundFeatures Sound, int First, int Columns, int Positions)
    {
        public Piece(SoundFeatures sound, int first, int columns)
            : this(sound, first, columns, (columns + 1) / 2)
        {
        }
    }
}
