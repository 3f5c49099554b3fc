package cellblock.control;

/**
 * One thing that a process asks of its kernel: the counterpart of a system call, an ioctl or a
 * routing-socket message. A request is a value; it is answered by a value of type {@code R} or
 * refused with a {@link KernelError}.
 *
 * @param <R> the reply
 */
public sealed interface Request<R>
    permits JailRequest,
        IfRequest,
        RouteRequest,
        SysctlRequest,
        ModuleRequest,
        ProcRequest,
        KeyRequest,
        StatRequest {}
