namespace R1Reward.Data.Handlers;

/// <summary>Reads one of the sets of comparisons that a dataset address names.</summary>
public interface IDatasetHandler
{
    /// <summary>The name in addresses, for example <c>hpdv3</c>.</summary>
    string Source { get; }

    /// <summary>
    /// Reads the rows lazily. What the published loader passes over (media that are not there) makes no comparison.
    /// </summary>
    /// <param name="path">The file or folder of the address.</param>
    /// <exception cref="UserErrorException">There is no such file.</exception>
    IEnumerable<ComparisonRow> Read(string path);
}
