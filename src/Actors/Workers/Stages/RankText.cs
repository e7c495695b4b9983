using System.Text;
using R1Reward.Policy.Exchange;

namespace R1Reward.Actors.Workers.Stages;

/// <summary>Text that one rank has and all others need.</summary>
internal static class RankText
{
    /// <summary>The text of one of the ranks, all of which call this.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="source">Whose text it is.</param>
    /// <param name="own">This rank's own.</param>
    /// <exception cref="RankLostException">A rank is gone.</exception>
    public static string TextOf(this ICollective ranks, int source, string own)
    {
        var bytes = ranks.Rank == source ? Encoding.UTF8.GetBytes(own) : [];
        var sent = new double[(int)ranks.Gather([bytes.Length])[source][0]];
        bytes.CopyTo(sent, 0);
        return Encoding.UTF8.GetString(Array.ConvertAll(ranks.Gather(sent)[source], one => (byte)one));
    }
}
