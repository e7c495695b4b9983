using R1Reward.Data.Formats;

namespace R1Reward.Data.Handlers;

/// <summary>The rows of a file as a class of the user's reads them.</summary>
internal static class OwnRows
{
    /// <summary>Reads lazily; a row that the class refuses, or fails at, comes with its problem.</summary>
    internal static IEnumerable<PairFileRow> Read(IRowHandler handler, string path) =>
        RowFiles.Read(path).Select((row, index) => Read(handler, row, index));

    private static PairFileRow Read(IRowHandler handler, FileRow row, int index)
    {
        PairFileRow Wrong(string problem) => new(row.Place, PairFormat.Pairs, [], [], problem);
        if (row.Fields is not { } fields)
        {
            return Wrong(row.Problem!);
        }

        try
        {
            return new PairFileRow(row.Place, PairFormat.Pairs, [.. handler.Read(fields, index)], [], null);
        }
        catch (RowException wrong)
        {
            return Wrong(wrong.Message);
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            return Wrong(
                $"the handler {handler.GetType().FullName} failed: {thrown.GetType().Name}: {thrown.Message}; correct "
                + "the class, or let it refuse the row with a RowException");
        }
    }
}
