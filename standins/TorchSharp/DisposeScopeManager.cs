namespace TorchSharp;

/// <summary>The dispose scopes of one thread, innermost first, and the thread's counts.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScopeManager? _threadSingleton;

    internal static DisposeScopeManager ThreadSingleton => _threadSingleton ??= new DisposeScopeManager();

    public static ThreadDisposeScopeStatistics Statistics => ThreadSingleton.Counts;

    internal ThreadDisposeScopeStatistics Counts { get; } = new();

    internal DisposeScope? CurrentDisposeScope { get; private set; }

    internal DisposeScope NewDisposeScope() => CurrentDisposeScope = new DisposeScope(this);

    internal void Register(torch.Tensor tensor)
    {
        if (CurrentDisposeScope is { } scope)
        {
            Counts.CreatedInScopeCount++;
            scope.Adopt(tensor);
        }
        else
        {
            Counts.CreatedOutsideScopeCount++;
        }
    }

    internal void Disposing(torch.Tensor tensor)
    {
        if (tensor.OwningDisposeScope is null)
        {
            Counts.DisposedOutsideScopeCount++;
        }
        else
        {
            Counts.DisposedInScopeCount++;
        }
    }

    /// <summary>Takes a scope out of the chain, wherever it stands: out-of-order disposal is allowed.</summary>
    internal void Remove(DisposeScope removed)
    {
        if (CurrentDisposeScope == removed)
        {
            CurrentDisposeScope = removed.OuterScope;
            return;
        }

        for (var scope = CurrentDisposeScope; scope is not null; scope = scope.OuterScope)
        {
            if (scope.OuterScope == removed)
            {
                scope.OuterScope = removed.OuterScope;
                return;
            }
        }
    }
}
