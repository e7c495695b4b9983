using System.Runtime.InteropServices;

namespace R1Reward.Cli.Running;

/// <summary>Ctrl-C (and SIGTERM): the first asks for an orderly stop, the second ends the process at once.</summary>
internal sealed class StopKeys : IDisposable
{
    // The shell's code for a process ended by SIGINT.
    private const int Interrupted = 130;

    private readonly PosixSignalRegistration[] _signals;
    private readonly CancellationTokenSource _requested = new();
    private int _presses;

    public StopKeys()
    {
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Press),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Press),
        ];
    }

    /// <summary>Cancelled by the first signal; a callback that is registered after it is called at once.</summary>
    public CancellationToken Requested => _requested.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void Press(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _presses) > 1)
        {
#pragma warning disable RS0030 // The point of a second Ctrl-C is that nothing else runs any more.
            Environment.Exit(Interrupted);
#pragma warning restore RS0030
        }

        Console.Error.WriteLine("stopping in good order; again to stop at once");
        _requested.Cancel();
    }
}
