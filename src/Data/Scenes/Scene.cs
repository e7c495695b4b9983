using System.Collections.Immutable;
using R1Reward.Data.Randomness;

namespace R1Reward.Data.Scenes;

/// <summary>Coloured shapes on a square grid.</summary>
/// <param name="Grid">The number of cells per side of the square.</param>
/// <param name="Objects">In reading order: row by row from the top, left to right.</param>
public sealed record Scene(int Grid, ImmutableArray<SceneObject> Objects)
{
    /// <summary>
    /// The side this scene belongs to, decided by a hash of which objects it holds, whatever their order and cells.
    /// A scene seen in training is therefore missing on the other side in every arrangement and under every question.
    /// </summary>
    public SceneSide Side
    {
        get
        {
            var hash = (ulong)Objects.Length;
            foreach (var look in Objects.Select(o => ((ulong)o.Colour << 8) | (ulong)o.Shape).Order())
            {
                hash = CounterRandom.Mix(hash ^ CounterRandom.Mix(look + 1));
            }

            return hash % 5 == 0 ? SceneSide.HeldOut : SceneSide.Train;
        }
    }

    /// <summary>1 (three objects) to 4 (eight or nine): half the number of objects, rounded down.</summary>
    public int Grade => Objects.Length / 2;
}
