using System.Runtime.InteropServices;
using System.Text;

namespace R1Reward.Actors.Tests.Workers.Stages;

/// <summary>Figures and weights of a finished training, to be compared with those of another one.</summary>
/// <param name="Figures">The figures of each step.</param>
/// <param name="Weights">The weights of the trained model, in the order of its file.</param>
internal sealed record TrainedStage(IReadOnlyList<IReadOnlyDictionary<string, double>> Figures, float[] Weights)
{
    /// <summary>Reads the weights from a file in which all are float32.</summary>
    public static TrainedStage Read(IReadOnlyList<IReadOnlyDictionary<string, double>> figures, string path)
    {
        // The header's length is the first eight bytes.
        var bytes = File.ReadAllBytes(path);
        var header = 8 + (int)BitConverter.ToInt64(bytes);
        Assert.DoesNotContain("BF16", Encoding.UTF8.GetString(bytes, 8, header - 8));
        return new(figures, MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header)).ToArray());
    }

    /// <summary>Holds it to what one worker alone has come to.</summary>
    public void IsAs(TrainedStage alone)
    {
        Assert.Equal(alone.Figures.Count, Figures.Count);
        foreach (var (one, other) in alone.Figures.Zip(Figures))
        {
            Assert.Equal(one.Keys, other.Keys.Take(one.Count));
            foreach (var name in one.Keys.Where(name => name != "tokens-per-second"))
            {
                Assert.Equal(one[name], other[name], 1e-4);
            }
        }

        Assert.Equal(alone.Weights.Length, Weights.Length);
        Assert.All(alone.Weights.Zip(Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
