using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs an asynchronous handler on its actor: each continuation comes back as a system message, with the sender and
/// message of the start, while user messages wait until the task has ended.
/// </summary>
public class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;
    private object _message;
    private IActorRef _sender;

    internal ActorTaskScheduler(ActorCell cell) => _cell = cell;

    protected override IEnumerable<Task> GetScheduledTasks() => null;

    protected override void QueueTask(Task task)
    {
        if (ActorCell.Current == _cell)
            TryExecuteTask(task);
        else
            _cell.SendSystemMessage(new ActorTaskStep(() => Run(task)));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ActorCell.Current == _cell && TryExecuteTask(task);

    public static void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });

    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current ?? throw new InvalidOperationException("RunTask must be call from an actor context.");
        cell.TaskScheduler.Start(asyncAction);
    }

    private void Start(Func<Task> action)
    {
        (_message, _sender) = (_cell.CurrentMessage, _cell.Sender);
        _cell.Mailbox.BeginTask();
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.None, this).Unwrap()
            .ContinueWith(End, CancellationToken.None, TaskContinuationOptions.None, this);
    }

    private void Run(Task task)
    {
        (_cell.CurrentMessage, _cell.Sender) = (_message, _sender);
        TryExecuteTask(task);
        _cell.CurrentMessage = null;
    }

    private void End(Task task)
    {
        _cell.Mailbox.EndTask();
        if (task.IsCompletedSuccessfully)
            _cell.RestartReceiveTimeout();
        else
            _cell.HandleInvokeFailure(task.Exception is { } all ? all.InnerException : new TaskCanceledException(task));
    }
}
