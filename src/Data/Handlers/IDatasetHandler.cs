namespace R1Reward.Data.Handlers;

/// <summary>Reads one of the sets that a dataset address names.</summary>
public interface IDatasetHandler
{
    /// <summary>The name in addresses, for example <c>hpdv3</c>.</summary>
    string Source { get; }

    /// <summary>
    /// Reads the items lazily. What the published loader passes over (media that are not there) is passed over.
    /// </summary>
    /// <param name="path">The file or folder of the address.</param>
    /// <exception cref="UserErrorException">The file is missing, or a row is wrong; the message names it.</exception>
    IEnumerable<Comparison> Read(string path);
}
