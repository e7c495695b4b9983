namespace R1Reward.Cli.Output;

/// <summary>
/// Says on a terminal whose weights are being read, which takes a while for a large model, until it is disposed.
/// </summary>
internal sealed class LoadingLine : IDisposable
{
    /// <summary>Shows the line, on standard error; none where that is no terminal.</summary>
    public LoadingLine(string folder)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"loading {folder} ...");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write(WorkProgress.EraseLine);
        }
    }
}
