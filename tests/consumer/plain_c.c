/* The public header alone is C99, and the library links into a C program. */
#include <vkaxis/vkaxis.h>

#include <stdio.h>

int main(void) {
    VkaxisContextCreateInfo info = {0};
    VkaxisContext context = NULL;
    VkaxisStatus status;

    info.sType = VKAXIS_STRUCTURE_TYPE_CONTEXT_CREATE_INFO;
    status = vkaxisCreateContext(&info, &context);
    printf("a context on nothing: code %d, %s\n", (int)status.code, status.message);
    vkaxisDestroyContext(context);
    return status.code == VKAXIS_INVALID_ARGUMENT && status.message[0] != '\0' && context == NULL ? 0 : 1;
}
